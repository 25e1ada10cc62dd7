import type { App, Session } from 'electron';
import { mayLoad, mayNavigate } from './policy.ts';

/** Chromium's switches that keep it off the network; before the app is ready. */
export function hardenCommandLine(app: App): void {
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  app.commandLine.appendSwitch('disable-background-networking');
  app.commandLine.appendSwitch('disable-component-update');
}

/** No request but our own, no permission, no device, no download. */
export function hardenSession(session: Session, development: boolean): void {
  session.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !mayLoad(details.url, development) });
  });
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}

/** No navigation, no new window, no webview, in whatever contents come to be. */
export function hardenContents(app: App): void {
  app.on('web-contents-created', (_event, contents) => {
    // WebRTC asks neither webRequest nor a proxy before it sends; without a proxy this leaves it no way out.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-navigate', (event) => {
      if (!mayNavigate(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!mayNavigate(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!mayNavigate(event.url)) event.preventDefault();
    });
  });
}
