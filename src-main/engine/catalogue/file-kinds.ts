/** What a file is for people, by the end of its name. Pure. */

const KINDS: Readonly<Record<string, string>> = {
  picture: 'jpg jpeg png gif webp heic heif tif tiff bmp svg raw cr2 cr3 nef arw dng psd xcf ico avif',
  video: 'mp4 mov avi mkv webm m4v mpg mpeg wmv flv 3gp mts',
  audio: 'mp3 flac wav ogg oga opus m4a aac wma aiff aif mid',
  document: 'doc docx odt rtf txt md pdf pages tex epub log',
  table: 'xls xlsx ods csv tsv numbers',
  presentation: 'ppt pptx odp key',
  archive: 'zip tar gz tgz bz2 xz zst 7z rar iso dmg',
  mail: 'eml msg mbox pst',
  code: 'c h cpp hpp cc rs go py js ts jsx tsx java kt swift rb php sh ps1 html css json xml yml yaml toml sql',
};

const BY_EXTENSION = new Map(
  Object.entries(KINDS).flatMap(([kind, extensions]) =>
    extensions.split(' ').map((one) => [one, kind] as const),
  ),
);

/** Undefined for all others. */
export function kindOfName(foldedName: string): string | undefined {
  return BY_EXTENSION.get(extensionOf(foldedName));
}

/** Without the dot; empty when there is none, or nothing before it. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1);
}
