// The resident's page: sends one message after the other, each under an id of its own, so that a repeat after a lost
// answer is the same message; late answers and notices are fetched.

const KEY = "shouwang.chat";
const KEPT = 200;
const STARTERS = ["我要报隐患", "我想问政策", "查进度", "我来报平安", "转人工"];
const RETRY_SECONDS = [1, 3, 8];

const page = {
  log: document.getElementById("log"),
  form: document.getElementById("form"),
  text: document.getElementById("text"),
  state: document.getElementById("state"),
  restart: document.getElementById("restart"),
  name: document.body.dataset.name,
};

let chat = load();
let sending = false;

function newChat() {
  return { conversation: newId(), token: null, after: 0, lines: [], waiting: [], answered: [] };
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? newChat();
  } catch {
    return newChat();
  }
}

function save() {
  chat.lines = chat.lines.slice(-KEPT);
  chat.answered = chat.answered.slice(-KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(chat));
  } catch {
    page.state.textContent = "";
  }
}

// --- what is seen

function bubble(line) {
  const row = document.createElement("div");
  row.className = line.mine ? "line mine" : "line";
  const box = document.createElement("div");
  box.className = "bubble";
  box.textContent = line.text;
  row.append(box);
  if (line.buttons?.length) row.append(choices(line.buttons));
  if (line.failed) row.append(failure(line));
  return row;
}

function choices(buttons) {
  const group = document.createElement("div");
  group.className = "choices";
  for (const button of buttons) {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = button.title;
    element.addEventListener("click", () => say(button.payload, button.title));
    group.append(element);
  }
  return group;
}

function failure(line) {
  const group = document.createElement("div");
  group.className = "choices";
  const note = document.createElement("span");
  note.className = "failed";
  note.textContent = line.failed;
  group.append(note);
  if (line.again) {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = "重发";
    element.addEventListener("click", () => {
      line.failed = null;
      chat.waiting.push({ id: line.id, text: line.sent });
      draw();
      work();
    });
    group.append(element);
  }
  return group;
}

function greeting() {
  return {
    text: `您好，这里是${page.name}。报隐患、问政策、查进度，都可以直接说。`,
    buttons: STARTERS.map((text) => ({ title: text, payload: text })),
  };
}

function draw() {
  page.log.replaceChildren(bubble(greeting()), ...chat.lines.map(bubble));
  page.log.scrollTop = page.log.scrollHeight;
}

function show(line) {
  chat.lines.push(line);
  page.log.append(bubble(line));
  page.log.scrollTop = page.log.scrollHeight;
}

function showReplies(replies) {
  for (const reply of replies) show({ text: reply.text, buttons: reply.buttons });
}

// --- what is sent

function say(text, shown = text, link = undefined) {
  const id = newId();
  for (const line of chat.lines.filter((line) => line.buttons)) line.buttons = null;
  draw();
  show({ mine: true, text: shown, sent: text, id });
  chat.waiting.push({ id, text, link });
  save();
  work();
}

async function work() {
  if (sending) return;
  sending = true;
  page.state.textContent = "正在等回答…";
  while (chat.waiting.length) {
    const mine = chat;
    await deliver(chat.waiting[0]);
    if (mine !== chat) continue;
    chat.waiting.shift();
    save();
  }
  page.state.textContent = "";
  sending = false;
}

async function deliver(message) {
  const mine = chat;
  for (const seconds of [...RETRY_SECONDS, null]) {
    const done = await attempt(mine, message);
    if (done || mine !== chat) return;
    if (seconds === null) break;
    page.state.textContent = "网络不好，正在重发…";
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
  fail(message, "没有发出去。", true);
}

async function attempt(mine, message) {
  const body = { conversation_id: mine.conversation, message_id: message.id, text: message.text };
  if (mine.token) body.token = mine.token;
  if (message.link) body.link = message.link;
  let response;
  let answer;
  try {
    response = await fetch("/chat/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    answer = await response.json();
  } catch {
    return false;
  }
  if (mine !== chat) return true;
  if (response.status >= 500) return false;
  if (!response.ok) {
    fail(message, answer.error?.message ?? "没有发出去。", response.status === 429);
    return true;
  }
  chat.token = answer.token;
  if (response.status === 200) {
    if (chat.answered.includes(message.id)) return true;
    chat.answered.push(message.id);
  }
  showReplies(answer.replies);
  return true;
}

function fail(message, why, again) {
  const line = chat.lines.find((other) => other.id === message.id);
  if (line) Object.assign(line, { failed: why, again });
  draw();
}

// --- what comes later

async function fetchLater() {
  const mine = chat;
  if (!mine.token || document.hidden || sending) return;
  const query = new URLSearchParams({ conversation_id: mine.conversation, after: String(mine.after) });
  try {
    const response = await fetch(`/chat/messages?${query}`, { headers: { Authorization: `Bearer ${mine.token}` } });
    if (!response.ok || mine !== chat) return;
    const { messages } = await response.json();
    for (const letter of messages) take(letter);
    if (messages.length) save();
  } catch {
    page.state.textContent = "";
  }
}

function take(letter) {
  chat.after = letter.id;
  if (letter.message_id && chat.answered.includes(letter.message_id)) return;
  if (letter.message_id) chat.answered.push(letter.message_id);
  showReplies(letter.replies);
}

// --- beginning

page.form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = page.text.value.trim();
  if (!text) return;
  page.text.value = "";
  say(text);
});

page.text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    page.form.requestSubmit();
  }
});

page.restart.addEventListener("click", () => {
  chat = newChat();
  save();
  draw();
  page.text.focus();
});

// Opened from the page behind an answer link: the token stands behind the # and leaves the address at once.
function checkIn() {
  const link = new URLSearchParams(location.hash.slice(1)).get("answer");
  if (!link) return;
  history.replaceState(null, "", location.pathname);
  say("我来报平安", "我来报平安", link);
}

document.addEventListener("visibilitychange", fetchLater);
window.addEventListener("hashchange", checkIn);
setInterval(fetchLater, 4000);
draw();
checkIn();
work();
