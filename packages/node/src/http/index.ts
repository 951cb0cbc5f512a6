// HTTP: the table of routes served, signed commands in, and what people and tools look at (page,
// documentation, health, metrics). Keeps true: every answer that is not a success is a problem
// with number, sentence, figures and remedy; a request is taken exactly or refused; nobody can
// hold more than their share of connections, requests or bytes. Start at createHttp.ts.
export { createHttp } from './createHttp.ts';
export type { Http, HttpTimeouts } from './httpOptions.ts';
