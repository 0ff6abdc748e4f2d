/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loops that libraries make with macros, for cppcheck, which reads no system
 * header and would give up on a file at the first of them.
 */
#define json_array_foreach(array, index, value) \
	for ((index) = 0; ((value) = json_array_get(array, index)); (index)++)
#define json_object_foreach(object, key, value) \
	for (void *it = (object); it && (((key) = it), (value) = it); it = 0)
#define mnl_attr_for_each(attr, nlh, offset) \
	for ((attr) = mnl_first(nlh, offset); (attr); (attr) = mnl_next(attr))
#define mnl_attr_for_each_nested(attr, nest) \
	for ((attr) = mnl_first(nest, 0); (attr); (attr) = mnl_next(attr))
#define LIST_FOREACH(var, head, field) \
	for ((var) = (head)->first; (var); (var) = (var)->field.next)
#define TAILQ_FOREACH LIST_FOREACH
#define STAILQ_FOREACH LIST_FOREACH
#define SLIST_FOREACH LIST_FOREACH
