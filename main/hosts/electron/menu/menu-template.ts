import type { MenuItemConstructorOptions } from 'electron';
import type { Message } from '../../../../core/language/message.ts';
import type { Language } from '../../../../core/language/language.ts';
import type { DesktopCommand } from '../preload/api.ts';

type Plain = Exclude<DesktopCommand['command'], 'import' | 'tell' | 'open-study' | 'study-shown'>;

/**
 * The application menu, every entry in the language given: those of Electron's own would be English. Its commands go to the window that has the focus, which knows what is open. The page sees a key first and
 * keeps what it acts on, so that a press acts once; the menu acts on the rest, as while a text field has the focus.
 * On macOS the menu is first. Undo and redo there ask the page whose they are; elsewhere their keys are the page's
 * and the text field's alone.
 */
export function menuTemplate(options: {
  readonly platform: NodeJS.Platform;
  readonly development: boolean;
  /** What the open study is written as through the Save dialog alone; everything else is in the dialog for exports. */
  readonly report: Message;
  readonly words: Language;
  send(command: DesktopCommand): void;
  openWorklist(): void;
}): MenuItemConstructorOptions[] {
  const { words } = options;
  const mac = options.platform === 'darwin';
  const item = (label: string, command: Plain, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    id: command,
    click: () => options.send({ command }),
    ...(accelerator === undefined
      ? {}
      : { accelerator, registerAccelerator: mac || !(command === 'undo' || command === 'redo') }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };

  return [
    ...(mac ? [applicationMenu(words)] : []),
    {
      label: words.say('menu.file'),
      submenu: [
        {
          label: words.say('menu.new-window'),
          id: 'new-window',
          accelerator: 'CmdOrCtrl+Shift+N',
          click: () => options.openWorklist(),
        },
        separator,
        item(words.say('menu.open-files'), 'open-files', 'CmdOrCtrl+O'),
        item(words.say('menu.open-folder'), 'open-folder', 'CmdOrCtrl+Shift+O'),
        separator,
        item(words.say('menu.export'), 'show-export', 'CmdOrCtrl+E'),
        item(
          words.say('menu.export.report', { format: options.report }),
          'export-report',
          'CmdOrCtrl+Shift+E',
        ),
        separator,
        mac
          ? { role: 'close', label: words.say('menu.close-window') }
          : { role: 'quit', label: words.say(options.platform === 'win32' ? 'menu.exit' : 'menu.quit') },
      ],
    },
    {
      label: words.say('menu.edit'),
      submenu: [
        item(words.say('menu.undo'), 'undo', 'CmdOrCtrl+Z'),
        item(words.say('menu.redo'), 'redo', 'CmdOrCtrl+Shift+Z'),
        separator,
        { role: 'cut', label: words.say('menu.cut') },
        { role: 'copy', label: words.say('menu.copy') },
        { role: 'paste', label: words.say('menu.paste') },
        { role: 'selectAll', label: words.say('menu.select-all') },
      ],
    },
    {
      label: words.say('menu.view'),
      submenu: [
        { role: 'resetZoom', label: words.say('menu.zoom-actual') },
        { role: 'zoomIn', label: words.say('menu.zoom-in') },
        { role: 'zoomOut', label: words.say('menu.zoom-out') },
        separator,
        { role: 'togglefullscreen', label: words.say('menu.full-screen') },
        ...(options.development
          ? [
              separator,
              { role: 'reload', label: words.say('menu.reload') } as const,
              { role: 'toggleDevTools', label: words.say('menu.developer-tools') } as const,
            ]
          : []),
      ],
    },
    {
      role: 'windowMenu',
      label: words.say('menu.window'),
      submenu: [
        { role: 'minimize', label: words.say('menu.minimize') },
        { role: 'zoom', label: words.say('menu.zoom') },
        ...(mac
          ? [separator, { role: 'front', label: words.say('menu.front') } as const]
          : [{ role: 'close', label: words.say('menu.close') } as const]),
      ],
    },
    {
      role: 'help',
      label: words.say('menu.help'),
      submenu: [item(words.say('menu.keys'), 'show-keys', 'F1'), item(words.say('menu.about'), 'show-about')],
    },
  ];
}

/** The menu that macOS has under the application's name. */
function applicationMenu(words: Language): MenuItemConstructorOptions {
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about', label: words.say('menu.about').replace('&', '') },
      separator,
      { role: 'services', label: words.say('menu.services') },
      separator,
      { role: 'hide', label: words.say('menu.hide') },
      { role: 'hideOthers', label: words.say('menu.hide-others') },
      { role: 'unhide', label: words.say('menu.show-all') },
      separator,
      { role: 'quit', label: words.say('menu.quit-systola') },
    ],
  };
}
