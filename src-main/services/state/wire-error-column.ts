/** An error as it is kept in JSON: its wire form. A code of another release of the program is read like any other. */
import { z } from 'zod';
import type { WireError } from '#base/errors.ts';

export const wireErrorInJson = z.codec(
  z.strictObject({
    code: z.string(),
    data: z.record(z.string(), z.json()),
    retry: z.enum(['never', 'later', 'afterUser']),
  }),
  z.custom<WireError>((value) => typeof value === 'object' && value !== null && 'code' in value),
  {
    decode: (stored) => stored as unknown as WireError,
    encode: ({ code, data, retry }) => ({
      code,
      data: structuredClone(data) as Record<string, z.core.util.JSONType>,
      retry,
    }),
  },
);
