/** The one type that key material travels in, from STS's answer to the agent's, and nothing else. */
@NullMarked
package io.mesosiam.secret;

import org.jspecify.annotations.NullMarked;
