/** Answering: the endpoints that AWS SDKs know, over the JDK's HTTP server, from memory. */
@NullMarked
package io.mesosiam.agent.serve;

import org.jspecify.annotations.NullMarked;
