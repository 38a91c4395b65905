/**
 * Arithmetic by the host's own doubles, for round to nearest without flush to zero: the result and whether it is
 * inexact, or NaN where an exception other than inexact may be due and integers must decide. Hot code.
 *
 * A double holds every sum, product and quotient of singles well enough that a second rounding to single changes nothing
 * (53 >= 2 * 24 + 2 bits; S. A. Figueroa, "When is double rounding innocuous?", 1995). What a double operation lost is
 * computed by Knuth's and Dekker's error-free transforms (T. J. Dekker, "A floating-point technique for extending the
 * available precision", 1971), within bounds in which they neither overflow nor underflow.
 */

const MAX_SINGLE = 3.4028234663852886e38;
/** The smallest normal single; a result that is rounded up to it may have been tiny. */
const MIN_SINGLE = 1.1754943508222875e-38;
/** Bounds of the error-free transforms; within them nothing is subnormal or overflows. */
const TRANSFORM_MAX = 2 ** 980;
const TRANSFORM_MIN = 2 ** -900;
const SPLITTER = 134217729;

/** What the rounding of s = x + y lost. */
function lostBySum(x: number, y: number, s: number): number {
  const b = s - x;
  return x - (s - b) + (y - b);
}

/** What the rounding of p = x * y lost. */
function lostByProduct(x: number, y: number, p: number): number {
  const bigX = SPLITTER * x;
  const xHigh = bigX - (bigX - x);
  const xLow = x - xHigh;
  const bigY = SPLITTER * y;
  const yHigh = bigY - (bigY - y);
  const yLow = y - yHigh;
  return xHigh * yHigh - p + xHigh * yLow + xLow * yHigh + xLow * yLow;
}

export class HostArithmetic {
  /** Set when a result was inexact; the owner clears it. */
  isInexact = false;

  addSingle(x: number, y: number): number {
    const s = x + y;
    const r = Math.fround(s);
    if (!(Math.abs(r) <= MAX_SINGLE)) return Number.NaN;
    if (r !== s || lostBySum(x, y, s) !== 0) this.isInexact = true;
    return r;
  }

  mulSingle(x: number, y: number): number {
    const p = x * y;
    const r = Math.fround(p);
    if (r !== p) this.isInexact = true;
    return this.normalSingle(r) || p === 0 ? r : Number.NaN;
  }

  divSingle(x: number, y: number): number {
    const r = Math.fround(x / y);
    if (x === 0) return y === 0 || Math.abs(y) > MAX_SINGLE ? Number.NaN : r;
    if (r * y !== x) this.isInexact = true;
    return this.normalSingle(r) ? r : Number.NaN;
  }

  sqrtSingle(x: number): number {
    const r = Math.fround(Math.sqrt(x));
    if (r * r !== x) this.isInexact = true;
    return r <= MAX_SINGLE ? r : Number.NaN;
  }

  toSingle(x: number): number {
    const r = Math.fround(x);
    if (r !== x) this.isInexact = true;
    return this.normalSingle(r) || x === 0 ? r : Number.NaN;
  }

  private normalSingle(r: number): boolean {
    const magnitude = Math.abs(r);
    return magnitude > MIN_SINGLE && magnitude <= MAX_SINGLE;
  }

  addDouble(x: number, y: number): number {
    const s = x + y;
    if (!(Math.abs(s) <= TRANSFORM_MAX)) return Number.NaN;
    if (lostBySum(x, y, s) !== 0) this.isInexact = true;
    return s;
  }

  mulDouble(x: number, y: number): number {
    const p = x * y;
    if (p === 0 && (x === 0 || y === 0)) return p;
    if (!(this.mayTransform(x) && this.mayTransform(y) && this.mayTransform(p))) return Number.NaN;
    if (!this.isInexact && lostByProduct(x, y, p) !== 0) this.isInexact = true;
    return p;
  }

  divDouble(x: number, y: number): number {
    const q = x / y;
    if (!(this.mayTransform(x) && this.mayTransform(y) && this.mayTransform(q))) return Number.NaN;
    if (!this.isInexact) this.isInexact = q * y !== x || lostByProduct(q, y, x) !== 0;
    return q;
  }

  sqrtDouble(x: number): number {
    const r = Math.sqrt(x);
    if (!this.mayTransform(x)) return x === 0 ? r : Number.NaN;
    if (!this.isInexact) this.isInexact = r * r !== x || lostByProduct(r, r, x) !== 0;
    return r;
  }

  /** False for zeros, NaNs and infinities too; a negative number has no square root, which is NaN already. */
  private mayTransform(x: number): boolean {
    const magnitude = Math.abs(x);
    return magnitude > TRANSFORM_MIN && magnitude < TRANSFORM_MAX;
  }
}
