// The official client against our line: connects, asks, counts what it hears in order, and tells it as one line.
import { io } from "socket.io-client"

const [port, events] = process.argv.slice(2).map(Number)
const socket = io(`ws://127.0.0.1:${port}`, {
  transports: ["websocket"], auth: { cursor: null }, reconnection: false,
  extraHeaders: { Origin: `http://127.0.0.1:${port}`, Cookie: "session=1" },
})
const told = { heard: 0, disordered: 0, pings: 0, asks: [] }
let done
const all = new Promise(resolve => { done = resolve })

socket.on("ev", event => {
  if (event.seq !== told.heard || event.body !== "é😀\u2028\"") told.disordered++
  if (++told.heard === events) done()
})
socket.io.on("ping", () => { told.pings++ })
socket.on("connect_error", error => { console.log(JSON.stringify({ error: error.message })); process.exit(1) })
socket.on("disconnect", reason => { told.reason = reason; console.log(JSON.stringify(told)); process.exit(0) })
socket.on("connect", async () => {
  told.asks.push(await socket.emitWithAck("burst", { events }))
  told.asks.push(await socket.emitWithAck("message.send", { body: "é😀" }))
  await all
  await new Promise(resolve => socket.io.once("ping", resolve))
  told.asks.push(await socket.emitWithAck("end", {}))
})
