/**
 * What is said about a version beside its time and folders, as tags of its snapshot, so that it travels with the repository:
 * what people say, as tags of its snapshot, so that it travels with the repository: that it is kept for ever,
 * and what they call it. Tags are told in lists with commas between them, so that a label has none: `%2C`, and `%25` for `%`.
 */

/** No rule removes a snapshot that has it. */
export const KEEP_TAG = 'tidemark-keep';
const LABEL_TAG_PREFIX = 'tidemark-label=';

/** It holds a part of its folders only: what was saved first, so that something is safe soon. Nothing is compared with it. */
export const PART_TAG = 'tidemark-part';

export function isPart(tags: readonly string[]): boolean {
  return tags.includes(PART_TAG);
}

export function isKeptForEver(tags: readonly string[]): boolean {
  return tags.includes(KEEP_TAG);
}

/** Undefined: nobody has named it. Of several (somebody merged tags) the first. */
export function labelIn(tags: readonly string[]): string | undefined {
  const tag = tags.find((each) => each.startsWith(LABEL_TAG_PREFIX));
  return tag?.slice(LABEL_TAG_PREFIX.length).replaceAll('%2C', ',').replaceAll('%25', '%');
}

export function labelTag(label: string): string {
  return LABEL_TAG_PREFIX + label.replaceAll('%', '%25').replaceAll(',', '%2C');
}

export function isLabelTag(tag: string): boolean {
  return tag.startsWith(LABEL_TAG_PREFIX);
}
