/**
 * The harness of the fuzz tests: {@link io.torrentstream.fuzz.Fuzzer} mutates a corpus and feeds it
 * to a decoder. Every {@code *FuzzTest} beside the code it tries uses it.
 */
package io.torrentstream.fuzz;
