/**
 * Lists: filter, order, page and selection of fields, which are the same for every kind of object.
 *
 * <p>In: the query parameters of a request, and the leases and policies that this controller has in memory. Out: a page, and
 * the cursor of the next one. Lists of stored objects are selected by the database: {@link
 * io.mesosiam.api.list.ListParameters} is the door, {@link io.mesosiam.api.list.MemoryList} does the same for objects in
 * memory.
 */
@NullMarked
package io.mesosiam.api.list;

import org.jspecify.annotations.NullMarked;
