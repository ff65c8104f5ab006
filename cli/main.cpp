#include "base/error.hpp"

int main() { return 0; }
