// SPDX-License-Identifier: GPL-2.0
// Keeps a page of ringback up to date, and takes it to the service when that is
// back. Everything works without this; nothing here is needed to answer.
(function () {
	"use strict";

	var base = "/.well-known/ringback/v1/";
	var articles = document.querySelectorAll("article[data-state]");
	var lang = document.documentElement.lang;
	var standin = document.querySelector("article h1");

	// The server knows no time zone but its own.
	function localTimes() {
		document.querySelectorAll("time[datetime]").forEach(function (time) {
			time.textContent = new Date(time.dateTime).toLocaleString(lang,
				{ dateStyle: "long", timeStyle: "short" });
		});
	}

	function articleOf(about) {
		return Array.prototype.find.call(articles, function (a) {
			return a.dataset.server === about.server && a.dataset.proto === about.proto &&
				Number(a.dataset.port) === about.port;
		});
	}

	// The status is a live region: a screen reader says what becomes visible.
	function show(article, state) {
		if (article.dataset.state === state)
			return;
		article.dataset.state = state;
		article.querySelectorAll("[data-is]").forEach(function (part) {
			part.hidden = part.dataset.is !== state;
		});
		if (standin)
			document.title = article.querySelector("[data-is=" + state + "] h1").textContent;
	}

	// In the page's own language; null where nobody else waits.
	function showOthers(article, others) {
		var line = article.querySelector(".others");

		if (!line || others === undefined)
			return;
		line.hidden = others === null;
		if (others !== null)
			line.querySelector("dd").textContent = others;
	}

	// Not reload(): the page may have been the answer to a form.
	function go() {
		if (location.hash)
			location.reload();
		else
			location.replace(location.href);
	}

	function listen() {
		var events = new EventSource(base + "events");

		events.addEventListener("state", function (event) {
			var about = JSON.parse(event.data), article = articleOf(about);

			if (!article) {
				location.reload();
				return;
			}
			show(article, about.state);
			showOthers(article, about.others);
		});
		events.addEventListener("back", function (event) {
			var about = JSON.parse(event.data), article = articleOf(about);

			if (!article)
				return;
			if (!standin) {
				location.reload();
				return;
			}
			events.close();
			setTimeout(function () {
				show(article, "up");
				go();
			}, about.after);
		});
		// An answer that is no event stream: somebody else is there again. The
		// browser tries by itself again after anything else.
		events.addEventListener("error", function () {
			if (events.readyState === EventSource.CLOSED && standin)
				setTimeout(go, 5000 + Math.random() * 20000);
		});
	}

	function start() {
		var hint = document.querySelector(".open[hidden]");

		if (standin && articles[0].dataset.state === "up") {
			// It is back, and yet we were asked: soon that will be over.
			setTimeout(go, 5000 + Math.random() * 10000);
			return;
		}
		if (hint)
			hint.hidden = false;
		listen();
	}

	localTimes();
	if (window.EventSource && (articles.length || document.querySelector("[data-listen]")))
		start();
})();
