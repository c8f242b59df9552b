// It is JavaScript, because the Node that it refuses may not run TypeScript.
const NEEDED = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  console.error(
    `This is Node ${process.versions.node}, and the shop needs Node ${NEEDED} or later: install it, or run npm ci --include=dev --ignore-scripts=false, which brings it along.`,
  );
  process.exit(1);
}
