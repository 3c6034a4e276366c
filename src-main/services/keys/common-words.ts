/**
 * What stands at the top of every list of leaked passwords, in lower case, longest first, so that a long one is not
 * eaten by a short one inside it. A passphrase may contain them; it may not consist of them.
 */
const WORDS = `
  correcthorsebatterystaple passwort password passwd passphrase kennwort geheim secret login welcome willkommen
  letmein admin administrator root master qwertyuiop qwerty qwertz azerty asdfgh zxcvbn yxcvbn abc iloveyou loveyou love
  sunshine princess monkey dragon shadow football baseball basketball superman batman starwars pokemon whatever
  trustno michael jordan hunter charlie thomas daniel jennifer jessica ashley michelle andrea hallo hello test default
  changeme backup restic tidemark computer internet google facebook linkedin windows ubuntu freedom summer sommer
  winter spring herbst autumn schatz liebe merhaba contrasena motdepasse bonjour soleil doudou azertyuiop
  january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday
`;

export const COMMON_WORDS: readonly string[] = WORDS.trim()
  .split(/\s+/)
  .sort((a, b) => b.length - a.length);
