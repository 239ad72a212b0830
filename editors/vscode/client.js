// Starts `mlpl lsp` and connects it with the editor.

const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

function activate(context) {
  const settings = workspace.getConfiguration("mlpl");
  const server = { command: settings.get("path"), args: ["lsp"] };
  const files = workspace.createFileSystemWatcher("**/*.mlpl");
  context.subscriptions.push(files);
  client = new LanguageClient("mlpl", "MLPL", server, {
    documentSelector: [{ language: "mlpl" }],
    initializationOptions: {
      wordBits: settings.get("wordBits"),
      entry: settings.get("entry"),
      paths: settings.get("paths"),
    },
    synchronize: { configurationSection: "mlpl", fileEvents: files },
  });
  return client.start();
}

function deactivate() {
  return client && client.stop();
}

module.exports = { activate, deactivate };
