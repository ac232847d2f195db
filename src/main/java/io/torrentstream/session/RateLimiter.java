package io.torrentstream.session;

final class RateLimiter {
  RateLimiter(long r, long n) {}

  void take(long b, long n) {}

  long nanosUntil(long b, long n) {
    return 0;
  }
}
