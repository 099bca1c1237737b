// Names of devices in the reader's language.
import { TELEVISION_MAKES, televisionName } from '../sender/device-name.ts'
import type { Messages } from './language.ts'

/** The stored names that each language writes in its own way. */
export const translatedDeviceNames = ({ device }: Messages): ReadonlyMap<string, string> =>
  new Map([
    ['', device.unnamed],
    ...TELEVISION_MAKES.map((make): [string, string] => [
      televisionName(make),
      device.television(make),
    ]),
  ])

/** A stored device name as people read it. */
export const deviceWords = (name: string, messages: Messages): string =>
  translatedDeviceNames(messages).get(name) ?? name
