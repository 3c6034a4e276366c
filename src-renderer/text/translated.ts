/** A table of words in another language: the same names, with words of its own. English is the table that decides. */
export type Translated<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends string
    ? string
    : Table[Name] extends (...values: infer Values) => string
      ? (...values: Values) => string
      : Translated<Table[Name]>;
};
