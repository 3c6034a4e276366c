/**
 * The desktop application: puts window, tray, notices and the core together, from the first line to the last. The core
 * is handed in as how to open it, and owns everything that lasts; the shell only shows it and passes wishes on.
 * There is one instance per profile: a second start shows the window of the first and ends.
 */
import { app, BrowserWindow, dialog, ipcMain, Menu, shell } from 'electron';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { textToByteString, type ByteString } from '#base/byte-string.ts';
import type { Clock } from '#base/clock.ts';
import { TidemarkError } from '#base/errors.ts';
import { describeProblem } from '#contract/app/overview-words.ts';
import { mendRoute, OVERVIEW_ROUTE } from '#contract/app/mend-route.ts';
import type { MirrorParts } from '#contract/app/mirror-values.ts';
import type { JobId } from '#contract/app/values.ts';
import { chooseLanguage, type Language, type LanguageChoice } from '#contract/language.ts';
import { SHELL_TEXTS } from '#contract/shell-texts.ts';
import type { Core } from '#core/core.ts';
import type { HostPorts } from '#core/host-ports.ts';
import { findTray } from '#core/machine/find-tray.ts';
import { profileFolder } from '#core/profile-folder.ts';
import { LINK_SCHEME, routeOfLink } from './deep-link.ts';
import { startFailureText } from './start-failure-text.ts';
import { guardPages, refusePermissions } from './guard-pages.ts';
import { KeepAwake } from './keep-awake.ts';
import { readLaunchArguments, type LaunchWish } from './launch-arguments.ts';
import { loginItem } from './login-item.ts';
import { createMachinePorts } from './machine-events.ts';
import { MainWindow } from './main-window.ts';
import { Notices } from './notices.ts';
import { serveDragOut } from './serve-drag-out.ts';
import { registerPageScheme, servePages } from './serve-pages.ts';
import { startEngine } from './start-engine.ts';
import { AppTray } from './tray.ts';
import { pauseEndMs, type TrayAction } from './tray-menu.ts';
import { progressOf } from './tray-state.ts';
import { serveWindowChannels } from './window-channels.ts';

export interface ShellOptions {
  readonly clock: Clock;
  /** Opens the profile's core over this host. */
  readonly openCore: (ports: HostPorts, profileFolder: string) => Promise<Core>;
}

/** As in electron-builder.yml; Windows groups windows and notices by it. */
const APP_ID = 'app.tidemark.Tidemark';
/** The tray says "4 minutes ago". */
const REFRESH_MS = 60_000;
/** For the core to stop its jobs at a safe place. */
const CLOSE_LIMIT_MS = 10_000;

/** Runs before Electron is ready and must not wait for it: Electron is ready only when the main module has ended. */
export function startShell(options: ShellOptions): void {
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return;
  }
  app.setAppUserModelId(APP_ID);
  registerPageScheme();
  guardPages();
  const window = new MainWindow();
  const wish = readLaunchArguments(process.argv, process.cwd());
  // A hidden window is no reason to end.
  app.on('window-all-closed', () => undefined);
  app.on('activate', () => window.show());
  app.on('second-instance', (_event, argv, folder) => showWish(window, readLaunchArguments(argv, folder)));
  app.on('open-url', (event, link) => {
    event.preventDefault();
    const route = routeOfLink(link);
    if (route !== undefined) void app.whenReady().then(() => window.show(route));
  });
  void app.whenReady().then(() => run(options, window, wish).catch(endWithReason));
}

/** The one of every host, so that commands find it; beside the pages' own data where a person has put that elsewhere. */
function profileOf(argv: readonly string[]): string {
  const isElsewhere = argv.some((argument) => argument.startsWith('--user-data-dir='));
  return isElsewhere ? app.getPath('userData') : profileFolder(process.env);
}

/** Nothing can be protected: say why, in a dialog that needs no window, and end. */
function endWithReason(error: unknown): void {
  console.error(error);
  const language = languageOf('system');
  dialog.showErrorBox(SHELL_TEXTS[language].cannotStart, startFailureText(error, language));
  app.exit(1);
}

function languageOf(choice: LanguageChoice): Language {
  return chooseLanguage(choice, app.getPreferredSystemLanguages());
}

/** Copying and pasting go through it there. */
function macosMenu(): Menu {
  return Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }]);
}

/** The first time that the window is closed, people must learn that this is not the end, if the window has not told them. */
async function tellOnce(core: Core, folder: string, notices: Notices, language: Language): Promise<void> {
  // Where releases before kept it.
  if (existsSync(path.join(folder, 'told-of-tray'))) return;
  if (!(await core.calls['tray.told']({}))) return;
  notices.tell({
    key: 'tray',
    title: SHELL_TEXTS[language].staysTitle,
    body: SHELL_TEXTS[language].staysBody,
    isUrgent: false,
    routeOf: () => OVERVIEW_ROUTE,
  });
}

function showWish(window: MainWindow, { isHidden, route }: LaunchWish): void {
  if (!isHidden) window.show(route);
}

async function run({ clock, openCore }: ShellOptions, window: MainWindow, wish: LaunchWish): Promise<void> {
  app.setAsDefaultProtocolClient(LINK_SCHEME);
  Menu.setApplicationMenu(process.platform === 'darwin' ? macosMenu() : null);
  refusePermissions();
  const pages = servePages(path.join(app.getAppPath(), 'dist', 'renderer'));
  const notices = new Notices((route) => window.show(route));
  const keepAwake = new KeepAwake();
  let mirror: MirrorParts | undefined;
  const language = (): Language => languageOf(mirror?.settings.language ?? 'system');
  const ports: HostPorts = {
    name: 'electron',
    version: app.getVersion(),
    clock,
    randomBytes: (size) => new Uint8Array(randomBytes(size)),
    zone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    startEngine,
    ...createMachinePorts(clock),
    notify: (problem, isOver) => {
      if (isOver) return notices.withdraw(problem.key);
      const names = mirror ?? { plans: [], places: [], jobs: [] };
      const { title, safe, todo } = describeProblem(problem, names, clock.nowMs(), language());
      notices.tell({
        key: problem.key,
        title,
        body: [safe, todo].filter((part) => part !== '').join(' '),
        isUrgent: problem.level === 'alarm',
        routeOf: () => mendRoute(problem, mirror ?? { jobs: [] }),
      });
    },
    keepAwake: (isOn) => keepAwake.set(isOn),
    chooseFolder: () => chooseFolder(window, SHELL_TEXTS[language()].chooseFolder),
    chooseFile: (name) => chooseFile(window, name),
    openFile,
    showInFolder: (file) => shell.showItemInFolder(file),
    trayCorner: () => findTray(),
    autostart: loginItem,
    log: (level, text) => console[level](text),
  };

  const folder = profileOf(process.argv);
  const core = await openCore(ports, folder);
  pages.serveContents(core.calls);
  window.onHidden = () =>
    void tellOnce(core, folder, notices, language()).catch((error: unknown) => console.error(error));
  serveWindowChannels(ipcMain, (channel) => core.connect(channel));
  const dragIcon = path.join(app.getAppPath(), 'assets', 'icons', 'linux', '64x64.png');
  serveDragOut(ipcMain, dragIcon, (jobId) => core.calls['handOut.files']({ jobId: jobId as JobId }));
  const tray = new AppTray(path.join(app.getAppPath(), 'assets', 'icons', 'tray'), (action) =>
    perform(action, core, window, clock),
  );
  const show = (next: MirrorParts): void => {
    mirror = next;
    tray.show(next, clock.nowMs(), language());
    window.setProgress(progressOf(next));
  };
  show(core.mirror());
  core.onMirrorChange(show);
  setInterval(() => tray.show(core.mirror(), clock.nowMs(), language()), REFRESH_MS).unref();
  closeBeforeQuit(core, clock);
  showWish(window, wish);
}

function perform(action: TrayAction, core: Core, window: MainWindow, clock: Clock): void {
  switch (action.kind) {
    case 'open':
      return window.show(action.route);
    case 'quit':
      return app.quit();
    case 'backUp':
      return report(core.calls['jobs.backUpNow']({ planId: action.planId }), window);
    case 'pause':
      return report(core.calls['pause.set']({ untilMs: pauseEndMs(action.length, clock.nowMs()) }), window);
    case 'goOn':
      return report(core.calls['pause.clear']({}), window);
  }
}

/** What was asked from the tray and does not go is told where it can be read. */
function report(asked: Promise<unknown>, window: MainWindow): void {
  asked.catch((error: unknown) => {
    console.error(error);
    window.show('/');
  });
}

async function chooseFolder(window: MainWindow, title: string): Promise<ByteString | null> {
  const options = { title, properties: ['openDirectory', 'createDirectory'] as const };
  const asked = { ...options, properties: [...options.properties] };
  const parent = window.current ?? BrowserWindow.getFocusedWindow();
  const answer = parent ? await dialog.showOpenDialog(parent, asked) : await dialog.showOpenDialog(asked);
  const [folder] = answer.filePaths;
  return answer.canceled || folder === undefined ? null : textToByteString(folder);
}

async function chooseFile(window: MainWindow, name: string): Promise<string | null> {
  const asked = {
    defaultPath: name,
    properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const],
  };
  const parent = window.current ?? BrowserWindow.getFocusedWindow();
  const answer = parent ? await dialog.showSaveDialog(parent, asked) : await dialog.showSaveDialog(asked);
  return answer.canceled || answer.filePath === '' ? null : answer.filePath;
}

/** @throws files.notOpened */
async function openFile(file: string): Promise<void> {
  const refusal = await shell.openPath(file);
  if (refusal === '') return;
  console.warn(refusal);
  throw new TidemarkError('files.notOpened', { name: path.basename(file) }, { retry: 'afterUser' });
}

/** Holds the end back until the core has stopped its jobs and saved its state, but not for ever. */
function closeBeforeQuit(core: Core, clock: Clock): void {
  let isClosed = false;
  let isClosing = false;
  app.on('will-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    if (isClosing) return;
    isClosing = true;
    const close = core.close().catch((error: unknown) => console.error(error));
    void Promise.race([close, clock.sleep(CLOSE_LIMIT_MS)]).then(() => {
      isClosed = true;
      app.quit();
    });
  });
}
