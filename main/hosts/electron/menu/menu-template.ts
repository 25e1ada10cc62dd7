import type { MenuItemConstructorOptions } from 'electron';
import type { DesktopCommand } from '../preload/api.ts';

type Plain = Exclude<DesktopCommand['command'], 'import'>;

/**
 * The application menu. Its commands go to the window, which knows what is open; their keys are shown here and
 * handled there, except on macOS, where the menu takes them first. Either way a key acts once.
 */
export function menuTemplate(options: {
  readonly platform: NodeJS.Platform;
  readonly development: boolean;
  send(command: DesktopCommand): void;
}): MenuItemConstructorOptions[] {
  const mac = options.platform === 'darwin';
  const item = (label: string, command: Plain, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    id: command,
    click: () => options.send({ command }),
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: mac }),
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
        item('&Export Report…', 'export-report', 'CmdOrCtrl+E'),
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
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [item('&Keys', 'show-keys', 'F1'), item('&About Systola', 'show-about')],
    },
  ];
}
