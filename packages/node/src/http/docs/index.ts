// The documentation that the node serves of itself: OpenAPI 3.1 made of the tables it runs on, and
// a page to read and try it. Keeps true: nothing is described by hand. Start at openApi.ts.
export { openApi } from './openApi.ts';
export { serveDocs } from './serveDocs.ts';
