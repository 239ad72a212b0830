// Writes the innermost scope of every UTF-16 unit of each file as JSON, with Visual Studio Code's
// own reader of grammars. Arguments: the grammar, then the files.

const fs = require("fs");
const path = require("path");
const { loadWASM, OnigScanner, OnigString } = require("vscode-oniguruma");
const { Registry, parseRawGrammar, INITIAL } = require("vscode-textmate");

async function main([grammarPath, ...files]) {
  const wasm = path.join(path.dirname(require.resolve("vscode-oniguruma")), "onig.wasm");
  await loadWASM(fs.readFileSync(wasm).buffer);
  const registry = new Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new OnigScanner(sources),
      createOnigString: (text) => new OnigString(text),
    }),
    loadGrammar: async () => parseRawGrammar(fs.readFileSync(grammarPath, "utf8"), grammarPath),
  });
  const grammar = await registry.loadGrammar("source.mlpl");
  const found = files.map((file) => {
    const scopes = [];
    let state = INITIAL;
    for (const line of fs.readFileSync(file, "utf8").split("\n")) {
      const result = grammar.tokenizeLine(line, state);
      for (const token of result.tokens) {
        const end = Math.min(token.endIndex, line.length);
        for (let at = token.startIndex; at < end; at++) scopes.push(token.scopes.at(-1));
      }
      scopes.push("");
      state = result.ruleStack;
    }
    return scopes.slice(0, -1);
  });
  process.stdout.write(JSON.stringify(found));
}

main(process.argv.slice(2));
