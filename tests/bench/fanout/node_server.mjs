// socket.io on Node as it comes, the measure of the fan-out bench; commands on stdin.
import { createServer } from "node:http"
import { createInterface } from "node:readline"
import { Server } from "socket.io"

const [port, ping, pad] = process.argv.slice(2)
const http = createServer()
const io = new Server(http, {
  transports: ["websocket"], pingInterval: Number(ping) * 1000, pingTimeout: Number(ping) * 1000 - 1000,
})
let seq = 0

io.on("connection", socket => socket.join("all"))

function emit() {
  const at = String(process.hrtime.bigint() / 1n).padStart(16, "0")
  io.to("all").emit("ev", { seq: String(seq++).padStart(9, "0"), at, pad })
}

const turn = () => new Promise(resolve => setImmediate(resolve))
const until = time => new Promise(resolve => setTimeout(resolve, Math.max(0, time - performance.now())))

const commands = {
  async collect() { globalThis.gc() },
  async burst(events, each) {
    for (let start = 0; start < events; start += each) {
      for (let i = start; i < Math.min(start + each, events); i++) emit()
      await turn()
    }
  },
  async pace(events, rate) {
    const from = performance.now()
    for (let i = 0; i < events; i++) {
      emit()
      await until(from + (i + 1) * 1000 / rate)
    }
  },
}

http.listen(Number(port), "127.0.0.1")
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...numbers] = line.split(" ")
  if (name === "quit") process.exit(0)
  await commands[name](...numbers.map(Number))
  console.log(JSON.stringify({ done: name }))
}
