// Validates FHIR resources, read as JSON lines from standard input; prints the errors of each, then their number.
const path = require("node:path");
const { Fhir } = require(path.join(process.argv[2], "node_modules", "fhir", "fhir"));

const fhir = new Fhir();
const lines = require("node:fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
let bad = 0;
for (const line of lines) {
  const errors = fhir.validate(JSON.parse(line)).messages.filter((message) => message.severity === "error");
  if (errors.length) {
    bad += 1;
    console.log(JSON.stringify(errors.map((error) => `${error.location}: ${error.message}`)));
  }
}
console.log(`${lines.length} answers, ${bad} wrong`);
process.exitCode = bad ? 1 : 0;
