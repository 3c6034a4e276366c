/** One extended attribute of a file, as read from a disk or stored in a tree. */
export interface ExtendedAttribute {
  /** Plain text; on Linux the bytes of the name as UTF-8. */
  readonly name: string;
  readonly value: Uint8Array;
}
