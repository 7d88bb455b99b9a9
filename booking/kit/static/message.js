// Buttons that speak to a frame of our own: data-message-frame names the frame, data-message is what it is told (JSON).
for (const button of document.querySelectorAll("[data-message-frame]")) {
  button.addEventListener("click", () => {
    const frame = document.getElementById(button.dataset.messageFrame);
    frame?.contentWindow?.postMessage(JSON.parse(button.dataset.message), location.origin);
    frame?.scrollIntoView({ block: "nearest" });
  });
}
