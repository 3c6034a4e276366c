/**
 * Answers what a page asks for: its own scheme through the application's protocol handler, loopback by the network,
 * everything else not at all. Navigation is first offered to the application's guard, as in Electron.
 */
import { cancelable, refusedAddresses } from './lifecycle.ts';
import { fromWebAddress, handlerOf, isOwnScheme, mayStream } from './protocol.ts';

export interface PausedRequest {
  readonly requestId: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly postData?: string;
  };
}

interface AskingPage {
  readonly frameId: string;
  readonly ownNavigation: string | undefined;
  readonly mainFrame: object;
  emit(name: string, ...args: unknown[]): boolean;
  command(method: string, params: Record<string, unknown>): Promise<unknown>;
}

const LOCAL_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);
const LOCAL_SCHEMES = new Set(['data:', 'blob:', 'about:']);

export async function answerRequest(page: AskingPage, paused: PausedRequest): Promise<void> {
  const { requestId, request } = paused;
  const url = new URL(fromWebAddress(request.url));
  const fail = (errorReason: string): Promise<unknown> =>
    page.command('Fetch.failRequest', { requestId, errorReason });

  if (!mayNavigate(page, paused, url.href)) {
    await fail('Aborted');
  } else if (paused.resourceType === 'Media' && !mayPlay(url)) {
    await fail('Failed');
  } else if (isOwnScheme(url.protocol.slice(0, -1))) {
    const answer = await askHandler(url, request);
    await (answer === undefined
      ? fail('Failed')
      : page.command('Fetch.fulfillRequest', { requestId, ...answer }));
  } else if (LOCAL_SCHEMES.has(url.protocol) || LOCAL_HOSTS.has(url.hostname)) {
    await page.command('Fetch.continueRequest', { requestId });
  } else {
    refusedAddresses.push(url.href);
    await fail('BlockedByClient');
  }
}

function mayNavigate(page: AskingPage, paused: PausedRequest, url: string): boolean {
  const isMainFrame = paused.frameId === page.frameId;
  if (paused.resourceType !== 'Document' || page.ownNavigation === paused.request.url) return true;
  const event = cancelable({ url, isMainFrame, isSameDocument: false, frame: page.mainFrame });
  if (isMainFrame) page.emit('will-navigate', event, url);
  page.emit('will-frame-navigate', event);
  return !event.defaultPrevented;
}

/** Electron's players take nothing from a scheme without the privilege for streams. */
function mayPlay(url: URL): boolean {
  const scheme = url.protocol.slice(0, -1);
  return !isOwnScheme(scheme) || mayStream(scheme);
}

async function askHandler(
  url: URL,
  { method, headers, postData }: PausedRequest['request'],
): Promise<object | undefined> {
  const handler = handlerOf(url.protocol.slice(0, -1));
  if (handler === undefined) return undefined;
  try {
    const body = postData === undefined ? {} : { body: postData };
    const response = await handler(new Request(url, { method, headers, ...body }));
    return {
      responseCode: response.status,
      responseHeaders: [...response.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await response.arrayBuffer()).toString('base64'),
    };
  } catch (error) {
    console.error('[test host] the protocol handler threw', error);
    return undefined;
  }
}
