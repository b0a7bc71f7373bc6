/** The credential endpoint. In: HTTP requests of AWS SDKs. Out: answers from memory, over the JDK's HTTP server. */
@NullMarked
package io.mesosiam.agent.serve;

import org.jspecify.annotations.NullMarked;
