// nodemailer's pool: node nodemailer.js PORT CONNECTIONS MESSAGES FILE; prints the seconds it took.
const fs = require("fs");
const nodemailer = require("nodemailer");

const [port, connections, messages, file] = process.argv.slice(2);
const raw = fs.readFileSync(file);
const pool = nodemailer.createTransport({
  pool: true, host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true,
  maxConnections: Number(connections), maxMessages: Infinity,
});

(async () => {
  const begun = process.hrtime.bigint();
  let next = 0;
  const worker = async () => {
    while (next++ < Number(messages)) {
      await pool.sendMail({ envelope: { from: "a@b.test", to: ["c@d.test"] }, raw });
    }
  };
  await Promise.all(Array.from({ length: Number(connections) }, worker));
  console.log(Number(process.hrtime.bigint() - begun) / 1e9);
  pool.close();
})();
