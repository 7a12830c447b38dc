class Tally:
    def __init__(self, start):
        self.sum = start

    def add(self, n):
        self.sum += n

    def total(self):
        return self.sum
