// The page at `/`: one self-contained file without a build, that shows the network at work. Keeps
// true: no markup out of data, nothing from elsewhere, and it works without the WebSocket by
// asking again and again. Start at pageText.ts.
export { servePage } from './servePage.ts';
