/**
 * Node's own clients for the web, loaded when one is first needed. An `import` would read all that the modules export, and so
 * load a second client that nobody here uses (undici): some 30 ms at the start of every command, network or not.
 */
import type http from 'node:http';
import type https from 'node:https';
import type tls from 'node:tls';

export function nodeHttp(): typeof http {
  return process.getBuiltinModule('node:http');
}

export function nodeHttps(): typeof https {
  return process.getBuiltinModule('node:https');
}

export function nodeTls(): typeof tls {
  return process.getBuiltinModule('node:tls');
}
