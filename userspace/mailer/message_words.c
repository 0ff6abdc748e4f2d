// SPDX-License-Identifier: GPL-2.0
/*
 * The words of the mails: English, German, French, Spanish. A label is at most 13
 * characters long.
 */
#include "message_words.h"

#include <string.h>

static const struct mail_words languages[] = {
	{
		.tag = "en",
		.back = "$1 is back: $2",
		.services = "$1 services",
		.several = "Back again: $1",
		.one_more = " and $1 more server",
		.more = " and $1 more servers",
		.confirm = "Shall we tell you when $1 is back?",
		.news = "Good news: $1 is back.\n"
			"You can use its service $2 again.\n",
		.much_news = "Good news: $1 services that you could not reach are back.\n"
			     "You can use them again.\n",
		.away = "Away since",
		.back_since = "Back since",
		.tried = "You tried",
		.place = "You were at",
		.trouble = "The trouble",
		.proof = "How we know",
		.open = "Open it",
		.after = "$1, after $2",
		.day = "$1 day $2 h",
		.days = "$1 days $2 h",
		.often = "$1 times, first at $2",
		.and_last = "and last at $1",
		.once = "once, at $1",
		.times = "All times are $1.",
		.why = "You get this message, once, because somebody at your address tried to\n"
		       "reach this service in vain. If that was not you, or if you do not want such\n"
		       "messages, just answer this one or write to\n"
		       "$1: a person will read it.\n",
		.why_several =
			"You get this message, once, because somebody at your address tried to\n"
			"reach these services in vain. If that was not you, or if you do not want such\n"
			"messages, just answer this one or write to\n"
			"$1: a person will read it.\n",
		.stop = "Never again a message from here: open this page.\n",
		.question = "Somebody at $3 could not reach $1,\n"
			    "service $2, and gave this address to be told when it is back.\n"
			    "Was that you? Then open this page and say so:\n",
		.question_end =
			"The page waits for you for seven days. If it was not you, do nothing: no\n"
			"other message will come.\n",
		.unknown_reason = "the server could not be reached",
		.unknown_evidence = "it was seen to be up",
		.reasons = {
			[RINGBACK_REASON_NO_REPLY] = "nothing answered",
			[RINGBACK_REASON_REFUSED] = "the connection was refused",
			[RINGBACK_REASON_NET_UNREACHABLE] = "its network could not be reached",
			[RINGBACK_REASON_PROTO_UNREACHABLE] =
				"the server runs, but this service did not",
			[RINGBACK_REASON_PORT_UNREACHABLE] =
				"the server runs, but this service did not",
			[RINGBACK_REASON_ADMIN_PROHIBITED] = "a firewall turned you away",
			[RINGBACK_REASON_TTL_EXCEEDED] =
				"the way to the server ran in circles",
		},
		.evidence = {
			NULL,
			"the server itself reported that it is up",
			"it was seen to answer somebody",
			"it answered a test connection of ours",
			"the people who run it say so",
		},
	},
	{
		.tag = "de",
		.back = "$1 ist wieder da: $2",
		.services = "$1 Dienste",
		.several = "Wieder da: $1",
		.one_more = " und $1 weiterer Server",
		.more = " und $1 weitere Server",
		.confirm = "Bescheid geben, wenn $1 wieder da ist?",
		.news = "Gute Nachricht: $1 ist wieder da.\n"
			"Sie können den Dienst $2 wieder benutzen.\n",
		.much_news = "Gute Nachricht: $1 Dienste, die Sie nicht erreichen konnten, sind\n"
			     "wieder da. Sie können sie wieder benutzen.\n",
		.away = "Weg seit",
		.back_since = "Da seit",
		.tried = "Versucht",
		.place = "Ihre Adresse",
		.trouble = "Die Störung",
		.proof = "Der Beleg",
		.open = "Hier entlang",
		.after = "$1, nach $2",
		.day = "$1 Tag $2 h",
		.days = "$1 Tagen $2 h",
		.often = "$1-mal, zuerst am $2",
		.and_last = "und zuletzt am $1",
		.once = "einmal, am $1",
		.times = "Alle Zeiten sind $1.",
		.why = "Sie bekommen diese Nachricht, einmal, weil jemand unter Ihrer Adresse\n"
		       "diesen Dienst vergeblich erreichen wollte. Waren Sie das nicht, oder\n"
		       "möchten Sie solche Nachrichten nicht, dann antworten Sie einfach oder\n"
		       "schreiben Sie an\n"
		       "$1: Das liest ein Mensch.\n",
		.why_several =
			"Sie bekommen diese Nachricht, einmal, weil jemand unter Ihrer Adresse\n"
			"diese Dienste vergeblich erreichen wollte. Waren Sie das nicht, oder\n"
			"möchten Sie solche Nachrichten nicht, dann antworten Sie einfach oder\n"
			"schreiben Sie an\n"
			"$1: Das liest ein Mensch.\n",
		.stop = "Nie wieder eine Nachricht von hier: Öffnen Sie diese Seite.\n",
		.question = "Jemand unter $3 konnte $1,\n"
			    "Dienst $2, nicht erreichen und hat diese Adresse angegeben, um\n"
			    "Bescheid zu bekommen, wenn er wieder da ist.\n"
			    "Waren Sie das? Dann bestätigen Sie es auf dieser Seite:\n",
		.question_end =
			"Die Seite wartet sieben Tage auf Sie. Waren Sie es nicht, dann tun Sie\n"
			"nichts: Es kommt keine weitere Nachricht.\n",
		.unknown_reason = "der Server war nicht zu erreichen",
		.unknown_evidence = "er ist wieder gesehen worden",
		.reasons = {
			[RINGBACK_REASON_NO_REPLY] = "niemand hat geantwortet",
			[RINGBACK_REASON_REFUSED] = "die Verbindung wurde abgelehnt",
			[RINGBACK_REASON_NET_UNREACHABLE] = "sein Netz war nicht zu erreichen",
			[RINGBACK_REASON_PROTO_UNREACHABLE] =
				"der Server lief, aber dieser Dienst nicht",
			[RINGBACK_REASON_PORT_UNREACHABLE] =
				"der Server lief, aber dieser Dienst nicht",
			[RINGBACK_REASON_ADMIN_PROHIBITED] = "eine Firewall hat Sie abgewiesen",
			[RINGBACK_REASON_TTL_EXCEEDED] =
				"der Weg zum Server lief im Kreis",
		},
		.evidence = {
			NULL,
			"der Server selbst hat sich zurückgemeldet",
			"er hat jemandem geantwortet",
			"er hat auf unsere Probeverbindung geantwortet",
			"die Leute, die ihn betreiben, sagen es",
		},
	},
	{
		.tag = "fr",
		.back = "$1 est de retour : $2",
		.services = "$1 services",
		.several = "De retour : $1",
		.one_more = " et $1 autre serveur",
		.more = " et $1 autres serveurs",
		.confirm = "Vous prévenir du retour de $1 ?",
		.news = "Bonne nouvelle : $1 est de retour.\n"
			"Vous pouvez de nouveau utiliser son service $2.\n",
		.much_news = "Bonne nouvelle : $1 services que vous n'avez pas pu joindre sont de\n"
			     "retour. Vous pouvez de nouveau les utiliser.\n",
		.away = "Absent depuis",
		.back_since = "De retour",
		.tried = "Vos essais",
		.place = "Votre adresse",
		.trouble = "Le problème",
		.proof = "La preuve",
		.open = "Y aller",
		.after = "$1, après $2",
		.day = "$1 jour $2 h",
		.days = "$1 jours $2 h",
		.often = "$1, le premier le $2",
		.and_last = "et le dernier le $1",
		.once = "un seul, le $1",
		.times = "Toutes les heures sont en $1.",
		.why = "Vous recevez ce message, une seule fois, parce que quelqu'un à votre adresse\n"
		       "a essayé en vain de joindre ce service. Si ce n'était pas vous, ou si vous ne\n"
		       "voulez pas de tels messages, répondez simplement à celui-ci ou écrivez à\n"
		       "$1 : une personne le lira.\n",
		.why_several =
			"Vous recevez ce message, une seule fois, parce que quelqu'un à votre adresse\n"
			"a essayé en vain de joindre ces services. Si ce n'était pas vous, ou si vous\n"
			"ne voulez pas de tels messages, répondez simplement à celui-ci ou écrivez à\n"
			"$1 : une personne le lira.\n",
		.stop = "Plus jamais de message d'ici : ouvrez cette page.\n",
		.question = "Quelqu'un à $3 n'a pas pu joindre $1,\n"
			    "service $2, et a donné cette adresse pour être prévenu de son retour.\n"
			    "C'était vous ? Alors confirmez-le sur cette page :\n",
		.question_end =
			"La page vous attend sept jours. Si ce n'était pas vous, ne faites rien :\n"
			"aucun autre message ne viendra.\n",
		.unknown_reason = "le serveur était injoignable",
		.unknown_evidence = "il a été vu en marche",
		.reasons = {
			[RINGBACK_REASON_NO_REPLY] = "personne n'a répondu",
			[RINGBACK_REASON_REFUSED] = "la connexion a été refusée",
			[RINGBACK_REASON_NET_UNREACHABLE] = "son réseau était injoignable",
			[RINGBACK_REASON_PROTO_UNREACHABLE] =
				"le serveur marchait, mais pas ce service",
			[RINGBACK_REASON_PORT_UNREACHABLE] =
				"le serveur marchait, mais pas ce service",
			[RINGBACK_REASON_ADMIN_PROHIBITED] = "un pare-feu vous a refusé",
			[RINGBACK_REASON_TTL_EXCEEDED] =
				"le chemin vers le serveur tournait en rond",
		},
		.evidence = {
			NULL,
			"le serveur lui-même a signalé son retour",
			"il a répondu à quelqu'un",
			"il a répondu à notre connexion d'essai",
			"ceux qui l'exploitent le disent",
		},
	},
	{
		.tag = "es",
		.back = "$1 ha vuelto: $2",
		.services = "$1 servicios",
		.several = "Han vuelto: $1",
		.one_more = " y $1 servidor más",
		.more = " y $1 servidores más",
		.confirm = "¿Le avisamos cuando vuelva $1?",
		.news = "Buenas noticias: $1 ha vuelto.\n"
			"Puede usar de nuevo su servicio $2.\n",
		.much_news = "Buenas noticias: han vuelto $1 servicios que no pudo alcanzar.\n"
			     "Puede usarlos de nuevo.\n",
		.away = "Caído desde",
		.back_since = "De vuelta",
		.tried = "Sus intentos",
		.place = "Su dirección",
		.trouble = "El problema",
		.proof = "La prueba",
		.open = "Abrirlo",
		.after = "$1, después de $2",
		.day = "$1 día $2 h",
		.days = "$1 días $2 h",
		.often = "$1, el primero el $2",
		.and_last = "y el último el $1",
		.once = "uno, el $1",
		.times = "Todas las horas son $1.",
		.why = "Recibe este mensaje, una sola vez, porque alguien en su dirección intentó en\n"
		       "vano alcanzar este servicio. Si no fue usted, o si no quiere tales mensajes,\n"
		       "responda a este o escriba a\n"
		       "$1: lo leerá una persona.\n",
		.why_several =
			"Recibe este mensaje, una sola vez, porque alguien en su dirección intentó en\n"
			"vano alcanzar estos servicios. Si no fue usted, o si no quiere tales\n"
			"mensajes, responda a este o escriba a\n"
			"$1: lo leerá una persona.\n",
		.stop = "Nunca más un mensaje de aquí: abra esta página.\n",
		.question = "Alguien en $3 no pudo alcanzar $1,\n"
			    "servicio $2, y dio esta dirección para recibir aviso cuando vuelva.\n"
			    "¿Fue usted? Entonces confírmelo en esta página:\n",
		.question_end = "La página le espera siete días. Si no fue usted, no haga nada: no\n"
				"llegará ningún otro mensaje.\n",
		.unknown_reason = "no se pudo alcanzar el servidor",
		.unknown_evidence = "se le ha visto en marcha",
		.reasons = {
			[RINGBACK_REASON_NO_REPLY] = "nadie respondió",
			[RINGBACK_REASON_REFUSED] = "se rechazó la conexión",
			[RINGBACK_REASON_NET_UNREACHABLE] = "no se pudo alcanzar su red",
			[RINGBACK_REASON_PROTO_UNREACHABLE] =
				"el servidor funcionaba, pero este servicio no",
			[RINGBACK_REASON_PORT_UNREACHABLE] =
				"el servidor funcionaba, pero este servicio no",
			[RINGBACK_REASON_ADMIN_PROHIBITED] = "un cortafuegos le rechazó",
			[RINGBACK_REASON_TTL_EXCEEDED] =
				"el camino al servidor daba vueltas",
		},
		.evidence = {
			NULL,
			"el propio servidor avisó de su vuelta",
			"respondió a alguien",
			"respondió a nuestra conexión de prueba",
			"lo dicen quienes lo mantienen",
		},
	},
};

const struct mail_words *mail_words(const char *lang)
{
	size_t i;

	for (i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		if (!strncmp(lang, languages[i].tag, 2) && (!lang[2] || lang[2] == '-'))
			return &languages[i];
	return &languages[0];
}

void mail_fill(FILE *out, const char *text, const char *one, const char *two, const char *three)
{
	const char *const what[] = { one, two, three };

	for (; *text; text++) {
		if (*text == '$' && text[1] >= '1' && text[1] <= '3')
			fputs(what[*++text - '1'], out);
		else
			fputc(*text, out);
	}
}
