/** What the emulated functions of the tests are deployed with. */
import {
  crashing,
  crashingBeside,
  failing,
  greeting,
  greetingTwice,
  hanging,
  spinning,
} from "./errands.ts";
import { journey } from "./journey.ts";

export const workflows = [
  journey,
  greeting,
  hanging,
  spinning,
  crashing,
  crashingBeside,
  failing,
  greetingTwice,
];
