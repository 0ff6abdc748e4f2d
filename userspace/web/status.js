// SPDX-License-Identifier: GPL-2.0
// The operator's page: looked at again when something happened, and now and then
// because time passes. Without this script the page reloads itself.
"use strict";

(() => {
	const REFRESH = 30000, LOG_MAX = 20;
	const live = document.querySelector("[data-live]");
	let due = 0, busy = false;

	if (!live)
		return;

	async function refresh() {
		due = 0;
		if (busy || document.hidden)
			return;
		busy = true;
		try {
			const answer = await fetch(location.href, { cache: "no-store" });
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const fresh = page.querySelector("[data-live]");

			if (fresh)
				document.querySelector("[data-live]").replaceWith(fresh);
		} catch {
			// The daemon restarts; the stream of events will say when it is back.
		}
		busy = false;
	}

	function soon(ms) {
		if (!due)
			due = setTimeout(refresh, ms + Math.random() * ms);
	}

	function note(row) {
		const log = document.getElementById("log");
		const list = log?.querySelector("ol");
		const item = document.createElement("li"), time = document.createElement("time");
		const service = row.server ? ` ${row.server} ${row.proto}/${row.port}` : "";
		const words = [row.event + service, row.client, row.detail].filter(Boolean);

		if (!list)
			return;
		time.textContent = new Date(row.time).toLocaleTimeString();
		item.append(time, " " + words.join(": "));
		list.prepend(item);
		while (list.children.length > LOG_MAX)
			list.lastChild.remove();
		log.hidden = false;
	}

	const events = new EventSource("/events");

	events.addEventListener("change", (event) => {
		note(JSON.parse(event.data));
		soon(200);
	});
	events.addEventListener("open", () => soon(200));
	setInterval(() => soon(1), REFRESH);
	document.addEventListener("visibilitychange", () => soon(1));
})();
