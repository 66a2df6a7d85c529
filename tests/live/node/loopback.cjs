// Loaded before a server: it listens on loopback only, and SIGUSR2 sets its clock as many seconds
// ahead as the file CLOCK_FILE says, so that tests need not wait for hours to pass.
'use strict'
const fs = require('node:fs')
const net = require('node:net')

const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  const where = typeof first === 'object' ? first : { port: Number(first) }
  const ready = rest.filter((one) => typeof one === 'function')
  return listen.call(this, { ...where, host: '127.0.0.1' }, ...ready)
}

const RealDate = Date
let ahead = 0
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length ? parts : [RealDate.now() + ahead]))
  }
  static now() {
    return RealDate.now() + ahead
  }
}

// Spans of limits end by timers, which must ring when the clock is set beyond them.
const LONG = 5000
const { setTimeout: arm, clearTimeout: disarm } = globalThis
const armed = new Map()
const ring = (timer) => {
  const { callback, given } = armed.get(timer)
  armed.delete(timer)
  callback(...given)
}
globalThis.setTimeout = function (callback, span, ...given) {
  if (!(span >= LONG)) return arm(callback, span, ...given)
  const timer = arm(() => ring(timer), span)
  armed.set(timer, { callback, given, due: Date.now() + span })
  return timer
}
Object.defineProperties(globalThis.setTimeout, Object.getOwnPropertyDescriptors(arm))
globalThis.clearTimeout = function (timer) {
  armed.delete(timer)
  disarm(timer)
}

process.on('SIGUSR2', () => {
  const seconds = fs.readFileSync(process.env.CLOCK_FILE, 'utf8')
  ahead = 1000 * Number(seconds)
  for (const [timer, { due }] of [...armed]) {
    if (due > Date.now()) continue
    disarm(timer)
    ring(timer)
  }
  fs.writeFileSync(`${process.env.CLOCK_FILE}.set`, seconds)
})
