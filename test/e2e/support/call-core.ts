/** Calls the core as a page may: over a channel, which replaces the page's own until the page is loaded anew. */
import type { Page } from 'playwright-core';

/** @throws Error whose message is the wire form of the refusal */
export async function callCore(page: Page, name: string, input: unknown): Promise<unknown> {
  try {
    return await callOverNewChannel(page, name, input);
  } finally {
    await page.reload();
    await page.getByRole('heading').first().waitFor();
  }
}

function callOverNewChannel(page: Page, name: string, input: unknown): Promise<unknown> {
  return page.evaluate(
    async ([callName, given]) => {
      const channel = await window.tidemark?.connect();
      if (channel === undefined) throw new Error('no bridge');
      type Answer = { type: string; id?: number; output?: unknown; error?: object };
      const answer = await new Promise<Answer>((resolve) => {
        channel.onMessage((message) => {
          const heard = message as Answer;
          if (heard.id === 1) resolve(heard);
        });
        channel.send({ type: 'call', id: 1, name: callName, input: given });
      });
      channel.close();
      if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
      return answer.output;
    },
    [name, input] as const,
  );
}
