import type { MenuItemConstructorOptions } from 'electron';
import type { ExportFormat } from '../../../../core/export/export-format.ts';
import type { DesktopCommand } from '../preload/api.ts';

type Plain = Exclude<DesktopCommand['command'], 'import' | 'tell' | 'export'>;

/**
 * The application menu. Its commands go to the window, which knows what is open. The page sees a key first and
 * keeps what it acts on, so that a press acts once; the menu acts on the rest, as while a text field has the focus.
 * On macOS the menu is first. Undo and redo there ask the page whose they are; elsewhere their keys are the page's
 * and the text field's alone.
 */
export function menuTemplate(options: {
  readonly platform: NodeJS.Platform;
  readonly development: boolean;
  /** What a study can be exported as; the first has the key of the report. */
  readonly exportFormats: readonly Pick<ExportFormat, 'id' | 'label'>[];
  send(command: DesktopCommand): void;
}): MenuItemConstructorOptions[] {
  const mac = options.platform === 'darwin';
  const item = (label: string, command: Plain, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    id: command,
    click: () => options.send({ command }),
    ...(accelerator === undefined
      ? {}
      : { accelerator, registerAccelerator: mac || !(command === 'undo' || command === 'redo') }),
  });
  const exportItem = (
    { id, label }: Pick<ExportFormat, 'id' | 'label'>,
    index: number,
  ): MenuItemConstructorOptions => ({
    label: `${index === 0 ? '&' : ''}Export ${label}…`,
    id: `export-${id}`,
    click: () => options.send({ command: 'export', format: id }),
    ...(index === 0 ? { accelerator: 'CmdOrCtrl+E' } : {}),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };

  return [
    ...(mac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        item('&Open Files…', 'open-files', 'CmdOrCtrl+O'),
        item('Open &Folder…', 'open-folder', 'CmdOrCtrl+Shift+O'),
        separator,
        ...options.exportFormats.map(exportItem),
        separator,
        mac ? { role: 'close' } : { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        item('&Undo', 'undo', 'CmdOrCtrl+Z'),
        item('&Redo', 'redo', 'CmdOrCtrl+Shift+Z'),
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: '&View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(options.development
          ? [separator, { role: 'reload' } as const, { role: 'toggleDevTools' } as const]
          : []),
      ],
    },
    { role: 'windowMenu', label: '&Window' },
    {
      role: 'help',
      label: '&Help',
      submenu: [item('&Keys', 'show-keys', 'F1'), item('&About Systola', 'show-about')],
    },
  ];
}
