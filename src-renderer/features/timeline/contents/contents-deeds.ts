/** What keys do in the contents, put in by the contents while they are there; the keys themselves are the page's. */
export interface ContentsDeeds {
  move(by: number, isExtending: boolean): void;
  /** Opens what has the cursor: a folder, or a file's details. */
  open(): void;
  chooseAll(): void;
  focus(): void;
}

export const contentsDeeds: { current: ContentsDeeds | null } = { current: null };
