/**
 * Attribute trust in the REST API: {@link io.mesosiam.api.trust.TrustsResource} lists and creates, {@link
 * io.mesosiam.api.trust.TrustResource} reads, changes and deletes one.
 *
 * <p>In: requests with their reason. Out: the stored rows as JSON with an ETag, or every fault of a request at once.
 */
@NullMarked
package io.mesosiam.api.trust;

import org.jspecify.annotations.NullMarked;
