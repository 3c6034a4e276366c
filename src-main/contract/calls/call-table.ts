/**
 * How a table of calls is written: each call has a shape for what goes in, what comes out and, where it takes time, what
 * it tells meanwhile; each topic a shape for its events. Both sides derive their types from the table: the serving side
 * works on decoded values, the calling side on what is on the wire.
 */
import type { z } from 'zod';

export interface CallShape {
  /** `query` changes nothing and may be asked again; `command` may not be repeated blindly. */
  readonly kind: 'query' | 'command';
  readonly input: z.ZodType;
  readonly output: z.ZodType;
  readonly progress?: z.ZodType;
}

export type CallTable = Readonly<Record<string, CallShape>>;
export type TopicTable = Readonly<Record<string, z.ZodType>>;

/** What a handler is given beside its input. */
export interface CallContext<Progress> {
  /** Fires when the caller gives up or is gone. */
  readonly signal: AbortSignal;
  tell(progress: Progress): void;
}

type ProgressShape<Shape extends CallShape> = Shape extends { readonly progress: z.ZodType }
  ? Shape['progress']
  : z.ZodNever;

export type CallHandler<Shape extends CallShape> = (
  input: z.output<Shape['input']>,
  context: CallContext<z.output<ProgressShape<Shape>>>,
) => Promise<z.output<Shape['output']>> | z.output<Shape['output']>;

export type CallHandlers<Table extends CallTable> = {
  readonly [Name in keyof Table]: CallHandler<Table[Name]>;
};

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** One function per call, with wire values. @throws what the handler threw; internal.connectionLost */
export type CallClient<Table extends CallTable> = {
  readonly [Name in keyof Table]: (
    input: z.input<Table[Name]['input']>,
    options?: CallOptions<z.input<ProgressShape<Table[Name]>>>,
  ) => Promise<z.input<Table[Name]['output']>>;
};

export type TopicPayloads<Topics extends TopicTable> = {
  readonly [Name in keyof Topics]: z.input<Topics[Name]>;
};
