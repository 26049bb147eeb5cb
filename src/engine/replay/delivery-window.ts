/**
 * The time between an event that is delivered to the code and the next one: whatever the code does
 * then is caused by that event, so it comes out the same at every replay (X1). What it does at another
 * time, or without end, is a fault.
 */
import { type DetentError, EndlessLoopError, ForeignAwaitError } from "../../core/errors.ts";
import { watchForeignWork } from "./foreign-work.ts";
import { settled } from "./microtasks.ts";

/** Code that does this much in one window, without ever waiting, does so for ever. */
const MOST_ACTS = 100_000;

export class DeliveryWindow {
  /** How many there were. */
  #count = 0;
  #isOpen = false;
  #acts = 0;
  #isDoubtful = false;
  #fault: DetentError | undefined;
  #tellOfFault: (() => void) | undefined;

  /** The number of the last one, from 1. */
  get number(): number {
    return this.#count;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get fault(): DetentError | undefined {
    return this.#fault;
  }

  get isDoubtful(): boolean {
    return this.#isDoubtful;
  }

  /** @param tell is called when the code does outside of a window what it may do in one only. */
  whenFaulty(tell: () => void): void {
    this.#tellOfFault = tell;
  }

  /** Delivers something, and waits until the code has done all that follows from it. */
  async during(deliver: () => void): Promise<void> {
    this.#acts = 0;
    this.#count += 1;
    this.#isOpen = true;
    const unwatch = watchForeignWork();
    deliver();
    await settled();
    unwatch();
    this.#isOpen = false;
  }

  /** The code has begun what a cold replay would not wait for. */
  beganForeignWork(): void {
    if (this.#isOpen) this.#isDoubtful = true;
  }

  /** Whether the code may do that now. @param isBounded whether something else keeps it from doing so for ever. */
  mayAct(what: string, { isBounded }: { isBounded: boolean }): boolean {
    if (this.#fault) return false;
    if (!isBounded) this.#acts += 1;
    if (this.#isOpen && this.#acts <= MOST_ACTS) return true;
    if (this.#isOpen) this.fail(new EndlessLoopError(MOST_ACTS));
    else this.#failOutside(what);
    return false;
  }

  /** It happens now, and must happen in a window. */
  mustBeOpen(what: string): void {
    if (!this.#isOpen) this.#failOutside(what);
  }

  fail(fault: DetentError): void {
    this.#fault ??= fault;
  }

  /** Nobody feeds the code just now, so nobody would see it. */
  #failOutside(what: string): void {
    if (this.#fault) return;
    this.fail(new ForeignAwaitError(what));
    this.#tellOfFault?.();
  }
}
