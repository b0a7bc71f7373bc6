/**
 * The API tokens in the REST API: listed, made and revoked.
 *
 * <p>In: requests of admins and auditors. Out: tokens without their texts, except in the answer that makes one. {@code signin}
 * keeps and checks them. {@link io.mesosiam.api.token.TokenResource} is the door.
 */
@NullMarked
package io.mesosiam.api.token;

import org.jspecify.annotations.NullMarked;
