/**
 * `electron.WebContents` over one page of Chromium: IPC through the preload's isolated world, navigation asked of the
 * application, console. The page's requests are answered in page-requests.ts.
 */
import { EventEmitter } from 'node:events';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createCodec } from './codec.ts';
import { BrowserGone } from './devtools.ts';
import { ipcMain } from './ipc-main.ts';
import { cancelable, getBrowser } from './lifecycle.ts';
import { answerRequest, type PausedRequest } from './page-requests.ts';
import { isolatedWorldScript, mainWorldScript, pageNames } from './page/page-scripts.ts';
import { fromWebAddress, session, toWebAddress } from './protocol.ts';
import { strict } from './strict.ts';

type OpenHandler = (details: { url: string; frameName: string; disposition: string }) => { action: string };

interface Told {
  readonly kind: 'invoke' | 'send';
  readonly id: number;
  readonly channel: string;
  readonly args: unknown;
}

/** Pages that belong to windows; what they open is closed, see browser-window.ts. */
export const ownTargets = new Set<string>();
/** Channels of events for pages that were not there. */
export const droppedEvents: string[] = [];

const codec = createCodec();

export class HostWebContents extends EventEmitter {
  readonly id: number;
  readonly session = session.defaultSession;
  readonly whenAttached: Promise<void>;
  targetId = '';
  /** As Chromium shows it. */
  webUrl = 'about:blank';
  /** The navigation that the application itself asked for; all others are offered to its `will-navigate`. */
  ownNavigation: string | undefined;
  frameId = '';
  sessionId = '';
  readonly #names = pageNames(`th${randomBytes(8).toString('hex')}`);
  #preloadContext: unknown;
  #openHandler: OpenHandler = () => ({ action: 'allow' });
  #isGone: () => boolean;
  #close: () => void;

  constructor(
    id: number,
    options: { width: number; height: number; preload: string | undefined },
    window: { isGone(): boolean; close(): void },
  ) {
    super();
    this.id = id;
    this.#isGone = () => window.isGone();
    this.#close = () => window.close();
    this.whenAttached = this.#attach(options);
  }

  getURL(): string {
    return fromWebAddress(this.webUrl);
  }

  isDestroyed(): boolean {
    return this.#isGone();
  }

  close(): void {
    this.#close();
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  /** The one frame that the host supports. */
  get mainFrame(): object {
    const url = this.getURL();
    return { url, origin: url.split('/').slice(0, 3).join('/'), parent: null, detached: false };
  }

  send(channel: string, ...args: unknown[]): void {
    const text = JSON.stringify({ kind: 'event', channel, args: codec.encode(args) });
    if (this.#preloadContext === undefined) droppedEvents.push(channel);
    else this.#deliver(this.#preloadContext, text).catch(() => droppedEvents.push(channel));
  }

  /** As a sheet that a page could make itself; the pages' policy does not hold for it, nor does it in Electron. */
  async insertCSS(css: string): Promise<string> {
    const key = randomBytes(8).toString('hex');
    await this.#onSheets(
      `const sheet = new CSSStyleSheet(); sheet.replaceSync(${JSON.stringify(css)}); sheet.key = '${key}'; document.adoptedStyleSheets.push(sheet);`,
    );
    return key;
  }

  async removeInsertedCSS(key: string): Promise<void> {
    const isOther = `({ key }) => key !== ${JSON.stringify(key)}`;
    await this.#onSheets(`document.adoptedStyleSheets = document.adoptedStyleSheets.filter(${isOther});`);
  }

  #onSheets(statements: string): Promise<unknown> {
    return this.command('Runtime.evaluate', { expression: `{ ${statements} }` });
  }

  async navigate(address: string): Promise<void> {
    await this.whenAttached;
    const web = toWebAddress(address);
    this.ownNavigation = web;
    const loaded = new Promise((resolve) => this.once('did-finish-load', resolve));
    const { errorText, loaderId } = await this.command('Page.navigate', { url: web });
    if (typeof errorText === 'string') {
      const code = errorText.replace('net::', '');
      throw Object.assign(new Error(`${code} (-2) loading '${address}'`), { code, url: address });
    }
    // Without a loader only the part after `#` changed: nothing loads.
    if (loaderId !== undefined) await loaded;
  }

  command(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return getBrowser().send(method, params, this.sessionId);
  }

  async #attach(options: { width: number; height: number; preload: string | undefined }): Promise<void> {
    const browser = getBrowser();
    const { width, height } = options;
    const target = { url: 'about:blank', width, height, newWindow: true };
    this.targetId = String((await browser.send('Target.createTarget', target))['targetId']);
    ownTargets.add(this.targetId);
    const attach = { targetId: this.targetId, flatten: true };
    this.sessionId = String((await browser.send('Target.attachToTarget', attach))['sessionId']);
    browser.listen((method, params) => {
      this.#receive(method, params).catch((error: unknown) => {
        if (!(error instanceof BrowserGone) && !this.#isGone()) console.error('[test host]', error);
      });
    }, this.sessionId);
    await Promise.all([
      this.command('Page.enable'),
      this.command('Runtime.enable'),
      this.command('Fetch.enable', { patterns: [{ urlPattern: '*' }] }),
      this.resize(width, height),
      ...(options.preload === undefined ? [] : this.#installPreload(options.preload)),
    ]);
    const tree = (await this.command('Page.getFrameTree')) as { frameTree?: { frame: { id: string } } };
    this.frameId = tree.frameTree?.frame.id ?? '';
  }

  #installPreload(file: string): Promise<unknown>[] {
    const { world, binding } = this.#names;
    return [
      this.command('Runtime.addBinding', { name: binding, executionContextName: world }),
      this.command('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript(this.#names) }),
      this.command('Page.addScriptToEvaluateOnNewDocument', {
        source: isolatedWorldScript(this.#names, readFileSync(file, 'utf8')),
        worldName: world,
      }),
    ];
  }

  async resize(width: number, height: number): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.command('Emulation.setDeviceMetricsOverride', metrics);
  }

  async #receive(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    switch (method) {
      case 'Runtime.executionContextCreated': {
        const context = params['context'] as { id: number; name: string; auxData?: { frameId?: string } };
        const isOurs = context.name === this.#names.world && context.auxData?.frameId === this.frameId;
        if (isOurs) this.#preloadContext = context.id;
        return;
      }
      case 'Runtime.executionContextDestroyed':
        if (params['executionContextId'] === this.#preloadContext) this.#preloadContext = undefined;
        return;
      case 'Runtime.bindingCalled':
        if (params['name'] !== this.#names.binding) return;
        await this.#hear(JSON.parse(String(params['payload'])) as Told, params['executionContextId']);
        return;
      case 'Runtime.exceptionThrown': {
        const { exception, text } = params['exceptionDetails'] as {
          exception?: { description?: string };
          text: string;
        };
        console.error('[page]', exception?.description ?? text);
        return;
      }
      case 'Page.frameNavigated':
      case 'Page.navigatedWithinDocument':
        this.#noteNavigation(params);
        return;
      case 'Page.domContentEventFired':
        if (this.webUrl !== 'about:blank') this.emit('dom-ready', cancelable({}));
        return;
      case 'Page.loadEventFired':
        if (this.webUrl !== 'about:blank') this.emit('did-finish-load', cancelable({}));
        return;
      case 'Page.windowOpen': {
        const url = fromWebAddress(String(params['url']));
        const frameName = String(params['windowName']);
        const { action } = this.#openHandler({ url, frameName, disposition: 'new-window' });
        if (action === 'deny') return;
        // Electron would open it; here that ends everything, so that no test passes over it.
        console.error(`[test host] the application allows a child window: ${url}`);
        process.exit(70);
      }
      case 'Inspector.targetCrashed':
        this.emit('render-process-gone', cancelable({}), { reason: 'crashed', exitCode: 1 });
        return;
      case 'Fetch.requestPaused':
        await answerRequest(this, params as unknown as PausedRequest);
        return;
      default:
    }
  }

  #noteNavigation(params: Readonly<Record<string, unknown>>): void {
    const frame = params['frame'] as { url: string; parentId?: string; urlFragment?: string } | undefined;
    if (frame?.parentId !== undefined) return;
    if (frame !== undefined) this.webUrl = `${frame.url}${frame.urlFragment ?? ''}`;
    else if (params['frameId'] === this.frameId) this.webUrl = String(params['url']);
    this.emit('did-navigate', cancelable({}), this.getURL(), 200, '');
  }

  async #hear({ kind, id, channel, args }: Told, context: unknown): Promise<void> {
    const event = { sender: this.#facade(), senderFrame: this.mainFrame, type: 'frame' };
    const values = codec.decode(args) as unknown[];
    if (kind === 'send') {
      ipcMain.emit(channel, event, ...values);
      return;
    }
    const reply = (facts: object): Promise<unknown> =>
      this.#deliver(context, JSON.stringify({ kind: 'reply', id, channel, ...facts })).catch(() => undefined);
    const handler = ipcMain.handlers.get(channel);
    if (handler === undefined) {
      await reply({ isFine: false, error: `Error: No handler registered for '${channel}'` });
      return;
    }
    try {
      await reply({ isFine: true, value: codec.encode(await handler(event, ...values)) });
    } catch (error) {
      console.error(`Error occurred in handler for '${channel}':`, error);
      await reply({ isFine: false, error: String(error) });
    }
  }

  #deliver(context: unknown, text: string): Promise<unknown> {
    const expression = `globalThis['${this.#names.delivery}'](${JSON.stringify(text)})`;
    return this.command('Runtime.evaluate', { contextId: context, expression });
  }

  #strict: HostWebContents | undefined;

  /** What the application sees of this. */
  #facade(): HostWebContents {
    return (this.#strict ??= strict('webContents', this));
  }

  get facade(): HostWebContents {
    return this.#facade();
  }
}
