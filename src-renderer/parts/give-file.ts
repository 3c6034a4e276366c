/** Hands a file over as the browser does: into the folder for downloads, or where the person says. */

export function giveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun by then; it holds the bytes itself.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
