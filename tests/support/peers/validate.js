// Reads FHIR resources as JSON lines from standard input; prints what is wrong with each, then how many there were.
const path = require("node:path");
const { Fhir } = require(path.join(process.argv[2], "node_modules", "fhir", "fhir"));

const fhir = new Fhir();
const lines = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
let bad = 0;
for (const line of lines) {
  const errors = fhir.validate(JSON.parse(line)).messages.filter((one) => one.severity === "error");
  if (errors.length) {
    bad += 1;
    console.log(JSON.stringify(errors.map((one) => `${one.location}: ${one.message}`)));
  }
}
console.log(`${lines.length} answers, ${bad} wrong`);
process.exitCode = bad ? 1 : 0;
