/** What is loaded in the realm of Node: see `realm.ts`. */
export { answer, twilioError } from './outbound/answer';
export { startProject } from './start';
