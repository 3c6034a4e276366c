/** The connection to the core as state of the window. */
import { useEffect, useState } from 'react';
import { connectCore, type CoreLink } from '../core-link/connect-core.ts';

export type Connection = { kind: 'opening' } | { kind: 'open'; link: CoreLink } | { kind: 'lost' };

export function useConnection(): Connection {
  const [connection, setConnection] = useState<Connection>({ kind: 'opening' });
  useEffect(() => {
    let isLeft = false;
    const lose = (): void => {
      if (!isLeft) setConnection({ kind: 'lost' });
    };
    connectCore().then((link) => {
      if (!isLeft) setConnection({ kind: 'open', link });
      link.onLost(lose);
    }, lose);
    return () => {
      isLeft = true;
    };
  }, []);
  return connection;
}
