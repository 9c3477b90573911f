import { findChromium } from '../helpers/chromium'

/**
 * The tests of the example use the browser of this machine.
 *
 * @throws with the name of the package that has it
 */
export function requireChromium(): void {
  if (!findChromium()) {
    throw new Error(
      `The tests need chromium, which is not ${
        process.env.CHROMIUM_PATH
          ? `at ${process.env.CHROMIUM_PATH} (CHROMIUM_PATH)`
          : 'on this machine'
      }. Install it with: apt-get install chromium`
    )
  }
}
