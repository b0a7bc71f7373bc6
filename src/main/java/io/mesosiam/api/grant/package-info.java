/**
 * Launch grants in the REST API: {@link io.mesosiam.api.grant.GrantsResource} lists and makes them, {@link
 * io.mesosiam.api.grant.GrantResource} reads and ends one.
 *
 * <p>In: requests of programs that are about to launch a task, and of those who look after them, with their reason. Out: the
 * stored rows as JSON, or every fault of a request at once. Which launch gets a grant is for decisions to say.
 */
@NullMarked
package io.mesosiam.api.grant;

import org.jspecify.annotations.NullMarked;
