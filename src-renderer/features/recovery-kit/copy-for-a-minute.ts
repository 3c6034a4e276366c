/**
 * A secret in the clipboard, for a minute. A page may write to the clipboard only while it is in front: if it is not
 * then, the secret is taken away as soon as it is again.
 */
const KEPT_MS = 60_000;

/** @returns whether it is in the clipboard now */
export async function copyForAMinute(secret: string): Promise<boolean> {
  if (!(await write(secret))) return false;
  setTimeout(() => void takeAway(), KEPT_MS);
  return true;
}

async function takeAway(): Promise<void> {
  // An empty text is refused by some systems; one blank is nothing anybody could use.
  if (document.hasFocus() && (await write(' '))) return;
  addEventListener('focus', () => void takeAway(), { once: true });
}

async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeByCommand(text);
  }
}

/** The desktop application grants pages no permission; what a person's own click copies needs none. */
function writeByCommand(text: string): boolean {
  const give = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  addEventListener('copy', give);
  try {
    return document.execCommand('copy');
  } finally {
    removeEventListener('copy', give);
  }
}
