/** The engine's `place.test` as the application calls it, with an environment of the test's own. */
import { createPlacePorts } from '#core/place-ports.ts';
import type { TestOutcome } from '#contract/engine/engine-values.ts';
import { startTestEngine } from '#test/support/engine-service.ts';

export function testLocation(
  location: string,
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<TestOutcome> {
  const { calls } = startTestEngine({
    createPorts: ({ location }, _login, isBrief = false) => createPlacePorts(location, env, { isBrief }),
  });
  return calls['place.test']({ location }, signal === undefined ? {} : { signal });
}
